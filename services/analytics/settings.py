"""What the operator may set about analytics: nothing of its own; WebSettings and StoreSettings hold what all share."""
