"""Make a book out of notebooks: plan, execute, observe, HTML, PDF, checks."""
