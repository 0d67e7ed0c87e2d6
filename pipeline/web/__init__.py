"""The office in a browser: pages on a server, for people who have a browser and nothing else."""
