"""Sets Liandong up and runs it on one machine: servers from wheels, front end, fonts, processes."""
