"""数据增减变动说明: why a figure is another one than it was."""
