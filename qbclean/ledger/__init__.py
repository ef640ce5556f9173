"""What documents post, and what a set of writes would do to them: the prediction, apart from any server."""
