"""The network in Keras: the only room that imports Keras, and with it TensorFlow, which takes seconds."""
