"""What of the photo must survive. `features` compares feature maps; other models join as files of their own."""
