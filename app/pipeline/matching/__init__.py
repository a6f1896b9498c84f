"""契合度: how well a firm and a park or accelerator suit each other, by a stated, dated rule."""
