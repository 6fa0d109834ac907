"""The settings of a stack file, one module a key; `load` reads them and reports all that is wrong."""
