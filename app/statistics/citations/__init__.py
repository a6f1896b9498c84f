"""数据出处: figures with a number of their own, to be cited and opened again by it."""
