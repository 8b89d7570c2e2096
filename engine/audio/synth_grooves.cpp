// The ten grooves as style sheets. Latin grooves share the 3-2 son clave; their bass anticipates the chord, as the dance expects.
#include "audio/synth_score.h"

#include <array>

namespace choreia::audio {

namespace {

constexpr int kAlways = 9; // upper bound of intensity

GrooveStyle fourOnTheFloor() {
    GrooveStyle s;
    s.minor = true;
    s.pumping = true;
    s.chords = Timbre::Pluck;
    s.chordStyle = ChordStyle::Struck;
    s.chordSteps = "..x..x.x";
    s.bassSteps = "1.1.1.1.";
    s.bassStepsPerBeat = 2;
    s.drums = {
        {Drum::Kick, "X...X...X...X...", 4, 1, kAlways, 1.0f},      {Drum::Kick, "X...............", 4, 0, 0, 0.8f},
        {Drum::Clap, "....x.......x...", 4, 1, kAlways, 0.8f},      {Drum::OpenHat, "..x...x...x...x.", 4, 1, kAlways, 0.55f},
        {Drum::ClosedHat, "x.o.x.o.x.o.x.oo", 4, 2, kAlways, 0.4f}, {Drum::ClosedHat, "x...x...x...x...", 4, 0, 0, 0.4f}};
    s.progressions = {"1637", "1476", "6145", "1167"};
    return s;
}

GrooveStyle rock() {
    GrooveStyle s;
    s.bass = Timbre::Bass;
    s.chords = Timbre::Pluck;
    s.chordStyle = ChordStyle::Struck;
    s.chordSteps = "xxxxxxxx";
    s.bassSteps = "11111111";
    s.drums = {{Drum::Kick, "X.......x.x.....", 4, 1, 1, 1.0f},         {Drum::Kick, "X.....x.x.x.....", 4, 2, kAlways, 1.0f},
               {Drum::Snare, "....X.......X...", 4, 1, kAlways, 0.95f}, {Drum::ClosedHat, "x.x.x.x.x.x.x.x.", 4, 0, 1, 0.5f},
               {Drum::Ride, "x.x.x.x.x.x.x.x.", 4, 2, kAlways, 0.5f},   {Drum::SideStick, "....x.......x...", 4, 0, 0, 0.5f}};
    s.progressions = {"1564", "1465", "6415", "1145"};
    return s;
}

GrooveStyle hipHop() {
    GrooveStyle s;
    s.minor = true;
    s.bass = Timbre::SubBass;
    s.chords = Timbre::ElectricPiano;
    s.melody = Timbre::Pluck;
    s.chordStyle = ChordStyle::Struck;
    s.chordSteps = "x--.x..x";
    s.bassSteps = "1-....1...1-5...";
    s.bassStepsPerBeat = 4;
    s.drums = {{Drum::Kick, "X..x......x.....X..x..x...x.....", 4, 1, kAlways, 1.0f},
               {Drum::Snare, "....X.......X...", 4, 1, kAlways, 0.85f},
               {Drum::Clap, "....x.......x...", 4, 2, kAlways, 0.5f},
               {Drum::ClosedHat, "x.o.x.o.x.oxx.o.", 4, 0, kAlways, 0.45f},
               {Drum::OpenHat, "..............x.", 4, 2, kAlways, 0.4f}};
    s.progressions = {"1614", "1647", "4151", "1176"};
    return s;
}

GrooveStyle house() {
    GrooveStyle s = fourOnTheFloor();
    s.chords = Timbre::Piano;
    s.chordSteps = "x..x..x..x.x..x.";
    s.bassSteps = "..1...1...1..81.";
    s.bassStepsPerBeat = 4;
    s.melody = Timbre::Lead;
    s.drums = {
        {Drum::Kick, "X...X...X...X...", 4, 1, kAlways, 1.0f},      {Drum::Kick, "x...x...x...x...", 4, 0, 0, 0.7f},
        {Drum::Clap, "....X.......X...", 4, 1, kAlways, 0.75f},     {Drum::OpenHat, "..X...X...X...X.", 4, 1, kAlways, 0.5f},
        {Drum::ClosedHat, "x.oxx.o.x.oxx.ox", 4, 2, kAlways, 0.4f}, {Drum::Maracas, "o.x.o.x.o.x.o.x.", 4, 1, kAlways, 0.35f}};
    s.progressions = {"6415", "1637", "4561", "6545"};
    return s;
}

/// Clave 3-2 over two bars of eighths.
constexpr const char* kSonClave = "x..x..x...x.x...";
constexpr const char* kRumbaClave = "x..x...x..x.x...";

GrooveStyle salsa() {
    GrooveStyle s;
    s.minor = true;
    s.bass = Timbre::RoundBass;
    s.chords = Timbre::Piano;
    s.melody = Timbre::Lead;
    s.chordStyle = ChordStyle::Montuno;
    s.chordSteps = "x.x.xx.x.x.x.x.x";
    s.bassSteps = "...5--n-";
    s.pad = false;
    s.drums = {{Drum::Clave, kSonClave, 2, 0, kAlways, 0.7f},      {Drum::CongaSlap, "..x.....", 2, 1, kAlways, 0.7f},
               {Drum::CongaOpen, "......xx", 2, 0, kAlways, 0.8f}, {Drum::CongaLow, "o...o...", 2, 1, kAlways, 0.5f},
               {Drum::Maracas, "xoxoxoxo", 2, 0, 1, 0.4f},         {Drum::Cowbell, "X.x.X.xx", 2, 2, kAlways, 0.5f},
               {Drum::SideStick, "x.xx.xx.", 2, 1, 1, 0.35f},      {Drum::SoftKick, "x......x", 2, 1, kAlways, 0.6f}};
    s.progressions = {"1451", "1545", "4515", "1144"};
    return s;
}

GrooveStyle waltz() {
    GrooveStyle s;
    s.beatsPerBar = 3;
    s.bass = Timbre::RoundBass;
    s.chords = Timbre::ElectricPiano;
    s.melody = Timbre::Strings;
    s.chordStyle = ChordStyle::Struck;
    s.chordSteps = "..x.x.";
    s.bassSteps = "1---..5---..";
    s.drums = {{Drum::SoftKick, "X.....", 2, 1, kAlways, 0.9f},
               {Drum::Brush, "..x.x.", 2, 0, kAlways, 0.7f},
               {Drum::Ride, "x.x.x.", 2, 2, kAlways, 0.3f},
               {Drum::SideStick, "..o.o.", 2, 2, kAlways, 0.4f}};
    s.progressions = {"16251425", "14561451", "63421425", "11445511"};
    return s;
}

GrooveStyle chaCha() {
    GrooveStyle s;
    s.minor = true;
    s.bass = Timbre::RoundBass;
    s.chords = Timbre::Piano;
    s.melody = Timbre::Pluck;
    s.chordStyle = ChordStyle::Struck;
    s.chordSteps = ".x.x.xx.";
    s.bassSteps = "1--55-n-";
    s.pad = false;
    s.drums = {{Drum::Guiro, "x...x...", 2, 0, kAlways, 0.5f},      {Drum::GuiroShort, "..xx..xx", 2, 0, kAlways, 0.45f},
               {Drum::Cowbell, "X.x.x.x.", 2, 1, kAlways, 0.55f},   {Drum::CongaSlap, "..x.....", 2, 1, kAlways, 0.7f},
               {Drum::CongaOpen, "......XX", 2, 0, kAlways, 0.85f}, {Drum::SoftKick, "X...x...", 2, 1, kAlways, 0.8f},
               {Drum::Snare, "......o.", 2, 2, kAlways, 0.6f},      {Drum::Clave, kSonClave, 2, 2, kAlways, 0.4f}};
    s.progressions = {"1415", "1645", "4151", "1745"};
    return s;
}

GrooveStyle rumba() {
    GrooveStyle s;
    s.bass = Timbre::RoundBass;
    s.chords = Timbre::Pluck;
    s.melody = Timbre::Strings;
    s.chordStyle = ChordStyle::Broken;
    s.bassSteps = "1---5-1-";
    s.drums = {{Drum::Clave, kRumbaClave, 2, 0, kAlways, 0.6f},    {Drum::Maracas, "xoxoxoxo", 2, 0, kAlways, 0.4f},
               {Drum::CongaLow, "x...o...", 2, 1, kAlways, 0.7f},  {Drum::CongaSlap, "..x.....", 2, 1, kAlways, 0.5f},
               {Drum::CongaOpen, "......xx", 2, 0, kAlways, 0.8f}, {Drum::SoftKick, "X.......", 2, 1, kAlways, 0.7f},
               {Drum::SideStick, "x..x..x.", 2, 2, kAlways, 0.35f}};
    s.progressions = {"1625", "1451", "6251", "4536"};
    return s;
}

GrooveStyle drumAndBass() {
    GrooveStyle s;
    s.minor = true;
    s.bass = Timbre::SubBass;
    s.chords = Timbre::Pad;
    s.melody = Timbre::Bell;
    s.bassSteps = "1-----..1-..5---";
    s.bassStepsPerBeat = 4;
    s.drums = {{Drum::Kick, "X.........x.....X.x.......x.....", 4, 1, kAlways, 1.0f},
               {Drum::Snare, "....X.......X...", 4, 1, kAlways, 0.95f},
               {Drum::Snare, ".......o.o.....o", 4, 2, kAlways, 0.5f},
               {Drum::ClosedHat, "x.x.x.x.x.x.x.x.", 4, 0, kAlways, 0.5f},
               {Drum::Ride, "x...x...x...x...", 4, 2, kAlways, 0.4f}};
    s.progressions = {"1164", "1176", "6411", "1637"};
    return s;
}

GrooveStyle ballad() {
    GrooveStyle s;
    s.chords = Timbre::ElectricPiano;
    s.melody = Timbre::Strings;
    s.chordStyle = ChordStyle::Broken;
    s.bassSteps = "1-----5-";
    s.drums = {{Drum::SoftKick, "X.......x.x.....", 4, 1, kAlways, 0.9f},
               {Drum::SideStick, "....x.......x...", 4, 1, 1, 0.6f},
               {Drum::Snare, "....x.......x...", 4, 2, kAlways, 0.65f},
               {Drum::ClosedHat, "x.o.x.o.x.o.x.o.", 4, 1, kAlways, 0.35f}};
    s.progressions = {"1564", "1645", "4536", "6415"};
    return s;
}

} // namespace

const GrooveStyle& styleOf(Groove groove) {
    // In the order of the enumeration.
    static const std::array<GrooveStyle, 10> styles{fourOnTheFloor(), rock(),   hipHop(), house(),       salsa(),
                                                    waltz(),          chaCha(), rumba(),  drumAndBass(), ballad()};
    return styles[static_cast<std::size_t>(groove)];
}

int beatsPerBar(Groove groove) { return styleOf(groove).beatsPerBar; }

} // namespace choreia::audio
