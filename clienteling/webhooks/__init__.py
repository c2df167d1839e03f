"""What happens here, told to the shop's other systems: signed, without anything of a person."""
