"""Where data come from: a module a kind of file, with two functions of the same settings.

`load` gives a `Source`; `labels` its y (n,) alone, without reading pixels or features where that takes long. Both raise
Refused in one line. The third kind is a function of scikit-learn, which gives a Bunch: `bunch` makes a Source of it.
"""
