"""The policy pack: rules of operation for any Pulumi program on AWS. Pulumi runs it through `policies/__main__.py`."""
