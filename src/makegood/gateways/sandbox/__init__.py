"""A processor that moves no money: it answers at once, in this process, and by the clock of whoever asks."""
