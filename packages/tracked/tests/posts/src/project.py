from tracked import Goal, Project

PROJECT = Project("posts", goals=[Goal("cv_avg_prec", "max", (0, 1)), Goal("cv_roc_auc", "max", (0, 1))])
