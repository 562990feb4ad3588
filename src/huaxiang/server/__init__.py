"""The web application: the only room that knows Django. One folder for each feature."""
