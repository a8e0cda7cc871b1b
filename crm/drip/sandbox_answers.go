package drip

import (
	"net/http"
	"strconv"

	"allyswitch/crm/sandbox"
)

// fault is one error of an answer.
type fault struct {
	Code      string `json:"code"`
	Attribute string `json:"attribute,omitempty"`
	Message   string `json:"message"`
}

func refuse(w http.ResponseWriter, status int, faults ...fault) {
	sandbox.WriteJSON(w, status, map[string]any{"errors": faults})
}

func notFound() fault {
	return fault{Code: "not_found_error", Message: "The resource you requested was not found"}
}

func wrongShape() fault {
	return fault{Code: "parsing_error", Message: "JSON parsing error: The property '#/' of type object did not match one or more of the required schemas"}
}

func fail(w http.ResponseWriter, _ *http.Request, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><body><h1>" + strconv.Itoa(status) + " " + http.StatusText(status) + "</h1></body></html>"))
}

// rateHeaders tells an allowance. No header says when it is there again.
func (f *fake) rateHeaders(header http.Header, levels []sandbox.Level) {
	for _, level := range levels {
		switch setting := f.is("batch-headers"); {
		case level.Class == sandbox.ClassAll:
			setRate(header, 3600, level.Remaining)
		case setting == "batch":
			setRate(header, 50, level.Remaining)
		case setting == "individual":
			setRate(header, 3600, 3599)
		}
	}
}

func setRate(header http.Header, limit, remaining int) {
	header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
}

func (f *fake) tooFast(w http.ResponseWriter, _ *http.Request, refusal sandbox.Refusal) {
	f.rateHeaders(w.Header(), []sandbox.Level{{Window: refusal.Window}})
	sandbox.WriteJSON(w, http.StatusTooManyRequests, map[string]string{
		"message":       "API rate limit exceeded. Please try again in an hour.",
		"documentation": "https://developer.drip.com/#rate-limiting",
	})
}

// links is the part of every answer that says where the account of what follows is.
func links(what string) map[string]string {
	return map[string]string{what + ".account": "https://api.getdrip.com/v2/accounts/{" + what + ".account}"}
}

func owner() map[string]string { return map[string]string{"account": sandboxAccount} }

// number is a number of the query.
func (c *call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

// pageOf cuts one page out of a list and says which.
func pageOf[T any](all []T, number, size int) ([]T, map[string]any) {
	pages := (len(all) + size - 1) / size
	start := min((number-1)*size, len(all))
	cut := all[start:min(start+size, len(all))]
	return cut, map[string]any{"page": number, "count": len(cut), "total_pages": pages, "total_count": len(all)}
}
