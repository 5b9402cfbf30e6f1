"""The command line's commands, one module per group. They read options, call the layers and print."""
