"""From a camera or a scanner gun to the text of a code. No Qt, no network of ours."""
