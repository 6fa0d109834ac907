"""The public load balancer with its certificate and access logs. Others import LoadBalancer."""
