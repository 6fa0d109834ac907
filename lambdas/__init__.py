"""The controllers, deployed as functions, and what they share. The program imports settings and pure modules."""
