"""What this project is about, as a plain library: no DVC, no Hydra, no MLflow. Here: a network that
tells benign tumours from malignant ones."""


class Refused(Exception):
    """Something in the data, a file or a setting that the user can put right; its message is one line."""
