"""Lists of people that leave the house: always for a stated purpose, always written down."""
