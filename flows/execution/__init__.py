"""Where jobs run: in this process or on Dask workers, how they travel there, and the limits of a run."""
