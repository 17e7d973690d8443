"""The pictures: the only room that imports matplotlib. A file a picture, plain arrays in, a PNG out; and
single images with a caption, as arrays."""
