package words_test

import (
	"testing"

	"allyswitch/wizard/words"
)

func TestWordsThatFitTheirNumber(t *testing.T) {
	for _, test := range []struct {
		format string
		values []any
		want   string
	}{
		{"%d {row is|rows are} left", []any{1}, "1 row is left"},
		{"%d {row is|rows are} left", []any{int64(0)}, "0 rows are left"},
		{"%d {row|rows} of %d", []any{2, 1234567}, "2 rows of 1,234,567"},
		{"%s has %d {tag|tags}, %d %% done", []any{"A {b|c}", 1, 7}, "A {b|c} has 1 tag, 7 % done"},
		{"nothing to fill in", nil, "nothing to fill in"},
	} {
		if got := words.Say(test.format, test.values...); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	for got, want := range map[string]string{words.Several(1, "request"): "1 request", words.Several(2000, "request"): "2,000 requests", words.Several(3, "person", "people"): "3 people", words.Count(-1234): "-1,234"} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
