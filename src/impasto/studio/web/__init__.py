"""What speaks HTTP: the application, its gate (security and limits), and a file for each kind of thing that it serves."""
