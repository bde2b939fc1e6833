"""What all pages share: who acts, the frame around a page, lists."""
