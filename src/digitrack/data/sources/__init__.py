"""Where data come from: one module per kind of file, each with two functions that take the same settings.

`load` returns a `Source`. `labels` returns only its classes and their names, without reading pixels or features where
that takes long. Both raise Refused with a message of one line. Other loaders return a Bunch of scikit-learn or a pair
(X, y), of which `bunch` makes a Source.
"""
