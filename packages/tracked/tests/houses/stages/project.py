import math

from tracked import Goal, Project

GOALS = [Goal("val_rmse", "min", (0, math.inf)), Goal("val_r2", "max", (-math.inf, 1))]
PROJECT = Project(name="houses", goals=GOALS, served="pricing")
