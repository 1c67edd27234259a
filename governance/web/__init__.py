"""Pages: parse, call, phrase. No rules here. One module per noun holds its forms and its views."""
