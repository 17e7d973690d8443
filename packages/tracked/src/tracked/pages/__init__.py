"""What people read in MLflow: names of runs, descriptions, pages, saved views."""
