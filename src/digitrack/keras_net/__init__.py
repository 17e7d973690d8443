"""The network in Keras. No other folder imports Keras, which takes seconds, as it imports TensorFlow."""
