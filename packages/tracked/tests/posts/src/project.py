from tracked import Goal, Project

PROJECT = Project("posts", goals=[Goal("avg_prec", "max", (0, 1)), Goal("roc_auc", "max", (0, 1))])
