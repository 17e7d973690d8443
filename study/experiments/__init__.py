"""What no stage of the pipeline logs, a module each: `run()` finds it out with digitrack as a library."""
