"""Draw the pictures, one module for each: arrays in, a PNG out; `captions` returns single images as arrays.

No other folder imports matplotlib.
"""
