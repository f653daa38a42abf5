"""ARC puzzles, programs over them and the stages that judge them; no store, no Dask."""
