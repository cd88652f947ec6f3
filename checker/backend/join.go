package backend

import (
	"errors"
	"net/http"
)

// Join is a backend that has of rest what first does not have. It is called what first is called.
func Join(first, rest Backend) Backend { return joined{first, rest} }

type joined struct{ first, rest Backend }

func (j joined) Name() string { return j.first.Name() }

func (j joined) Handler(s Service) http.Handler {
	if h := j.first.Handler(s); h != nil {
		return h
	}
	return j.rest.Handler(s)
}

func (j joined) Err() error { return errors.Join(j.first.Err(), j.rest.Err()) }

func (j joined) Close() error { return errors.Join(j.first.Close(), j.rest.Close()) }
