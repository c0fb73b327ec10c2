"""What happens by itself when somebody joins or leaves a group."""
