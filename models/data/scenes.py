"""Sentences that fit into any story: how it opens, what lies around it, how it closes."""

OPENINGS = [
    "[once upon a time|once|long ago|many years ago|in the old days|one {#season}|when the {#tree+s} were still young],"
    " in the [village|town|hamlet] of {place}, there lived {intro1}.",
    "there was once {intro1} who lived {#near} [a|the] {#landadj} {land} [near|not far from] {place}.",
    "in a {#landadj} {land} [{#near} {place}|{#num} {#unit+s} from {place}|] lived {intro1} [and {his1} {#kin}|].",
    "{#near} the {#landadj} {land}, where the {#tree+s} grow [tall|thick|old|crooked], {intro1} had a [small|{#color}|poor|"
    "{#weather}|neat] [house|cottage|hut|den|home].",
    "everybody in {place} knew {intro1}.",
    "one {#weather} {#hour} in {#month}, {intro1} {went=#went} [along|down|up] the {#way} to {place}.",
    "{#num} {#unit+s} [before|after] the {#topic}, {intro1} came to {place}.",
    "{intro1} lived [alone|with {his1} {#kin}|with {#num} {#folk}] in the {#spot} {#near} the {land}.",
    "on a {#weather} {#day} in {#season}, when the {#smell} smelled sweet and the {#bird+s} were singing, {intro1} woke early.",
    "of all the {#folk} in {place}, none was so {#good} as {intro1}.",
    "the {#trade}'s {#kin} used to tell this tale about {intro1}.",
]

MANNERS = [
    "{he1} was {manner1} and {#good}, [and|but] {his1} {#kin} was {#bad}.",
    "every {#hour} {he1} {#chore} the {#chored} and {#chore} the {#chored}.",
    "{he1} wore a {#color} {#clothes} of {#cloth}, {#thingadj} and {#thingadj}, [summer and winter|even in {#month}].",
    "{he1} was known for {#skill} and {#skill}, and no one in {place} {#chore} {#chored} better.",
    "{he1} had {#num} {#beast+s}, a {#thingadj} {#thing} and a {#container} full of {#food+s}.",
    "people said that {he1} was as {#simile} as a {#like}.",
    "{his1} {#kin} was a {#trade}, and {his1} {#kin} had been a {#trade} [before|too].",
    "{he1} liked nothing better than {#skill} and a {#bit} of {#food} [with {#food}|].",
    "{his1} house had {#num} windows, a {#color} door and a roof of {#stuff}.",
    "{his1} {#body} was {#color} and {his1} {#body} was {#color}, and the {#folk} [often|never|sometimes] [laughed|"
    "wondered] at it.",
    "{he1} loved the {#flower+s} and the {#herb}, but {he1} hated the {#noise} of the {#bird+s}.",
]

INTERLUDES = [
    "{H1} {#gesture} {#mannerly}, {#took} {his1} {#thing} and {#went} [past the {#spot}|to the {#spot}|through the {#land}].",
    "{he1} was {#feel} and {#feel}, for [{his1} {#body} hurt|the {#spot} was {#weather}|{his1} {#kin} was far away].",
    "a {#passer} and a {#trade} {#went} by with {#food+s}, {#goods+s} and a {#beast}.",
    "{his1} {#kin} had a {#tool}, a {#thing} and {#num} {#container+s} of {#cloth}, {#herb} and {#food+s}.",
    "{#vice} and {#vice} were not known in {place}, only {#virtue} and {#virtue}.",
    "in the {#spot} {he1} {#saw} a {#wild}, a {#bird} and a {#thing} of {#stuff}.",
    "{he1} thought of {#month} in {#village}, of {#skill} and of the {#color} {#flower+s} {#near} the {#spot}.",
    "{he1} {#toil} [until|till] {#clock}, ate {#food} with {#herb} and slept in the {#room}.",
    "the {#trade} {#chore} the {#chored}, the {#trade} {#chore} the {#chored}, and the {#folk} {#dance}.",
    "it was a {#weather} {#hour}, and the {#sky} [hung over|shone on|came over|passed over] the {land}.",
    "the {#flower+s} were {#color}, and a {#bird} sang in the {#tree}.",
    "a {#bird} [flew|sang|sat|called|circled] above the {#tree+s}, and [somewhere|far away] a {#beast} [answered|cried|slept].",
    "the {#sky} was {#simile} as a {#like}, and the {#way} was {#weather} and {#landadj}.",
    "on the {#way} {he1} {#saw} a {#passer} with a {#instrument}, who [only|] {#gesture} and {#went} on.",
    "the {#folk} of {place} talked about the {#topic}, as they did every {#season}.",
    "in the {#room} it smelled of {#smell} and of {#smell}.",
    "{he1} ate a {#bit} of {#food} and drank [some|a cup of] [water|milk|cider|tea|wine|beer].",
    "that {#clock} {he1} dreamed of a {#color} {#dream} and a {#thingadj} {#thing}.",
    "[outside|in the yard|by the {#spot}] the {#folk} {#chore} the {#chored} and {#dance}.",
    "a {#elder} in a {#color} {#clothes} {#gesture} and {#went} past the {#spot}.",
    "{#num} {#wild+s} {#went} [across|through|over] the {land}, and the {#sky} [went down|rose|faded|grew {#simile}].",
    "by {#clock} the {#sky} had [gone|come], and {he1} was {feel=#feel} and {#feel}.",
    '"what a {#weather} {#hour}," {#said} the {#passer} {#near} the {#spot}.',
    "{his1} {#kin} {#gesture} and went on {#skill}.",
    "{he1} was {#feel}, for {he1} had {#chore} the {#chored} since {#clock}.",
    "the {#beast+s} stood in the {#spot} and the {#chored} were [clean|ready|empty|full|{#color}].",
    "[nobody|no one|hardly anyone] in {place} had seen such a {#weather} {#season} [before|for {#num} years].",
    "there were {#food+s} on the table, {#flower+s} in the window and {#herb} over the fire.",
    "the {#spot} was {#landadj}, and {#near} it grew {#flower+s}, {#herb} and {#num} {#tree+s}.",
]

ENDINGS = [
    "from that {#clock} on {N1} was {better1} [and never {worse1} again|].",
    "{#num} {#unit+s} later they still spoke of it in {place}.",
    "[and|so] they {#dance} [until|till] {#clock}, and the {#trade} played the {#instrument}.",
    "and if {he1} has not moved away, {he1} still lives {#near} the {land}.",
    "{N1} {#gesture}, {#took} {his1} {#thing} and {#went} home.",
    "after that {H1} and {H2} [were friends for life|greeted each other every {#hour}|met every {#day}|{#dance} together].",
    "and [in|at] the {#spot} of {place} they tell it to this day.",
    "",
    "",
]

MORALS = {
    "greed": ["who wants everything loses everything", "a little that is yours is better than much that is not",
              "greed is a {#container} without a bottom", "{#virtue} feeds more mouths than greed",
              "whoever grasps for two {#goods+s} may drop them both"],
    "pride": ["pride comes before a fall", "boasting is not {#skill}", "the loudest {#instrument} is often empty",
              "who looks only up falls over the first {#like}", "{#virtue} needs no {#instrument}"],
    "haste": ["slow and steady gets there first", "haste breaks what {#virtue} builds", "one step after another climbs the "
              "{#land}", "{#virtue} wins where haste fails"],
    "help": ["no one is too small to help", "kindness is never lost", "help comes back by another {#way}",
             "a friend is worth more than {#treasure}", "who helps a {#passer} helps a king"],
    "truth": ["a liar is not believed even when he tells the truth", "truth needs no {#thingadj} {#clothes}",
              "{#virtue} lasts longer than lies", "a lie has short legs"],
    "work": ["who sleeps in {#season} goes hungry in {#season}", "{#virtue} is the best {#tool}", "no {#food} without {#virtue}",
             "what you plant you will eat", "the {#tool} that rests grows rusty"],
    "wit": ["a good question opens every door", "{#virtue} is stronger than a {#danger}", "a cool head is the best {#tool}",
            "he who laughs last laughs best", "who digs a pit for others falls into it"],
    "care": ["better to listen once than to weep twice", "small {#danger+s} grow when no one looks", "an old word is a good "
             "{#thing}", "{#virtue} today saves tears tomorrow"],
    "peace": ["two who quarrel feed a third", "a shared {#food} tastes twice as good", "{#virtue} builds more bridges than "
              "{#vice}", "a soft answer turns away anger"],
    "fear": ["fear has big eyes", "in the dark every {#wild} is a {#danger}", "light a {#thing} before you run",
             "what we do not know looks bigger than it is"],
}
MORAL_FRAMES = [
    "{maxim}.", "the moral: {maxim}.", "remember: {maxim}.", "so it is: {maxim}.", "and that is why people say that {maxim}.",
    "{maxim}, [as|so] the {#elder} [says|used to say].", 'and the {#elder} {#said}, "{maxim}."', "{#virtue} is good, for {maxim}.",
]
