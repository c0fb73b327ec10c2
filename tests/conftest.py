"""What every test may ask for. The servers are started by tests/servers.py."""
