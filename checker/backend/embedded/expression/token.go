package expression

import "strings"

type tokenKind uint8

const (
	endOfText   tokenKind = iota
	word                  // of letters, digits and underscores, beginning with a letter
	nameHolder            // #n
	valueHolder           // :v
	digits
	symbol // one of the operators and brackets, or a character that has no place in an expression
)

// token is a part of an expression, with where it is in the text.
type token struct {
	kind       tokenKind
	text       string
	begin, end int
}

const (
	letters      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	decimals     = "0123456789"
	afterLetters = letters + decimals + "_"
)

// tokens cuts an expression up. It takes whatever there is: the parser refuses what does not fit.
func tokens(text string) []token {
	var all []token
	for at := 0; ; {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
		if at == len(text) {
			return append(all, token{text: "<EOF>", begin: at, end: at})
		}
		t := next(text[at:])
		t.begin, t.end = at, at+len(t.text)
		all = append(all, t)
		at = t.end
	}
}

func next(s string) token {
	switch c := s[0]; {
	case strings.IndexByte(letters, c) >= 0:
		return token{kind: word, text: prefix(s, 1, afterLetters)}
	case c == '0': // no number begins with it but itself
		return token{kind: digits, text: s[:1]}
	case strings.IndexByte(decimals, c) >= 0:
		return token{kind: digits, text: prefix(s, 1, decimals)}
	case c == '#' || c == ':':
		text := prefix(s, 1, afterLetters)
		switch {
		case len(text) == 1:
			return token{kind: symbol, text: text}
		case c == '#':
			return token{kind: nameHolder, text: text}
		default:
			return token{kind: valueHolder, text: text}
		}
	case strings.HasPrefix(s, "<>"), strings.HasPrefix(s, "<="), strings.HasPrefix(s, ">="):
		return token{kind: symbol, text: s[:2]}
	default:
		for i := range s { // a character may be several bytes
			if i > 0 {
				return token{kind: symbol, text: s[:i]}
			}
		}
		return token{kind: symbol, text: s}
	}
}

// prefix is the beginning of s that has, after its first n bytes, only bytes of a set.
func prefix(s string, n int, set string) string {
	for n < len(s) && strings.IndexByte(set, s[n]) >= 0 {
		n++
	}
	return s[:n]
}

// is says whether a token is a keyword, which may be in any case.
func (t token) is(keyword string) bool { return t.kind == word && strings.EqualFold(t.text, keyword) }

func (t token) isSymbol(s string) bool { return t.kind == symbol && t.text == s }

// keywords of expressions, which can be no names. SET and so on are keywords also where nothing is
// updated.
var keywords = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "BETWEEN": true, "IN": true,
	"SET": true, "REMOVE": true, "ADD": true, "DELETE": true,
}

func (t token) isKeyword() bool { return t.kind == word && keywords[strings.ToUpper(t.text)] }
