"""DVC: the graph, the lock file, the stage `compose`, and what leans on DVC's private side (`internals`)."""
