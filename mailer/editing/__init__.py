"""Where e-mails are written: blocks, forms, previews, lists."""
