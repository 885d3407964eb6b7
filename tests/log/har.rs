//! Archives: what a browser's developer tools, and others, read of a log and write of one.
