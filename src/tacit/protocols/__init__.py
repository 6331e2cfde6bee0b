"""What two or more parties do over Channels: intersection, computation on shares."""
