"""The rules as a policy pack of Pulumi: the only modules that import its SDK."""
