"""What the training scripts share: labelled data, sentences made false, a logistic regression."""
