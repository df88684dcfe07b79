"""What the report finds: tables and assumptions through models to frames and answers.

One module or small package per chapter, and those that several chapters share: products in use,
supply, the balance, stock against a cut.
"""
