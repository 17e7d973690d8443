"""Stages: started by DVC or Hydra, their runs tracked."""
