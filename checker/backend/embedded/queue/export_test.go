package queue

// LimitInFlight makes the limit one that a test reaches.
func (s *Service) LimitInFlight(n int) { s.maxInFlight = n }
