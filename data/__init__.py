"""What is kept: settings, access, store, imports, exports, texts and the packaged files."""
