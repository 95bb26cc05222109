"""Go's text/template: lexer, parser and functions, as far as templates of ExternalSecrets use them."""
