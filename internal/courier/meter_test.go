package courier

import (
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	var m Meter
	now := time.Unix(0, 0)
	if m.Speed() != 0 || m.Left(100) != 0 {
		t.Error("a speed before anything moved")
	}
	for i := range 101 {
		m.Observe(now.Add(time.Duration(i)*100*time.Millisecond), int64(i)*1000)
	}
	if m.Speed() < 9_999 || m.Speed() > 10_001 {
		t.Errorf("a steady 10,000 B/s is shown as %v", m.Speed())
	}
	if left := m.Left(50_000); left < 4990*time.Millisecond || left > 5010*time.Millisecond {
		t.Errorf("50,000 bytes at 10,000 B/s take %v", left)
	}
	before := m.Speed()
	m.Observe(now.Add(10_010*time.Millisecond), 1<<40)
	if m.Speed() != before {
		t.Error("a hundredth of a second made the speed jump")
	}
	m.Observe(now.Add(20*time.Second), 100_000)
	if m.Speed() > before/4 {
		t.Errorf("after ten seconds of silence the speed is still %v", m.Speed())
	}
	if m.Left(0) != 0 || m.Left(1<<62) != 0 {
		t.Error("a time left that makes no sense")
	}
}
